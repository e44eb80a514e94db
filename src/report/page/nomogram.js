"use strict";
// The arithmetic of nomograms, apart from the page, so that a test can run it alone. `calculator.rs` writes the model that it reads.
const Nomogram = {
  logistic(x) {
    return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
  },
  // Points of one variable: `value` is a number, or the place of a category.
  points(term, value) {
    return term.coefficient === null ? term.levels[value] : term.points_per_unit * (value - term.zero);
  },
  // What a variable adds to the linear predictor: from the coefficient itself, not from rounded points.
  contribution(predictor, term, value) {
    return term.coefficient === null ? predictor.lp_per_point * term.levels[value] : term.coefficient * (value - term.zero);
  },
  // One linear predictor: points of each variable, their total, and the probability of each axis.
  predict(predictor, values) {
    const points = predictor.terms.map((term, i) => Nomogram.points(term, values[i]));
    const lp = predictor.terms.reduce((sum, term, i) => sum + Nomogram.contribution(predictor, term, values[i]), predictor.lp_at_zero);
    return {
      points,
      total: points.reduce((sum, x) => sum + x, 0),
      lp,
      probabilities: predictor.probabilities.map((axis) => Nomogram.logistic(lp + axis.shift)),
    };
  },
  // The whole model: every predictor, and the probability of each class where the model gives it.
  evaluate(model, values) {
    const predictors = model.predictors.map((predictor) => Nomogram.predict(predictor, values));
    return { predictors, classes: Nomogram.classes(model, predictors) };
  },
  classes(model, predictors) {
    if (model.link === "softmax") {
      // The class that no predictor names is the one that all are held against: its linear predictor is 0.
      const lp = model.classes.map(() => 0);
      model.predictors.forEach((predictor, i) => (lp[predictor.class] = predictors[i].lp + predictor.probabilities[0].shift));
      const largest = Math.max(...lp);
      const weights = lp.map((x) => Math.exp(x - largest));
      const sum = weights.reduce((a, b) => a + b, 0);
      return weights.map((weight) => weight / sum);
    }
    const steps = [1, ...predictors[0].probabilities, 0];
    return model.classes.map((_, k) => Math.max(0, steps[k] - steps[k + 1]));
  },
};
