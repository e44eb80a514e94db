# Oracles for penalised logistic regression that the reference collection lacks: grouped and four-class models, case weights,
# unequal and infinite-free penalty factors, the Brier score, small folds. Data come from a formula that `tests/classifier_elastic_net.rs`
# computes as well, exactly. R 4.2.2, glmnet 4.1-6, jsonlite 1.8.4; writes elastic_net_glmnet.json beside itself:
#   Rscript tests/reference/elastic_net_glmnet.R tests/reference/elastic_net_glmnet.json
suppressMessages({library(glmnet); library(jsonlite)})

hash <- function(i, j) ((i * 7919 + j * 104729 + i * j * 1299709 + i * i * 31) %% 10007) / 10007 - 0.5

table <- function(n, p, classes) {
  x <- outer(1:n, 1:p, hash)
  x <- x + 0.6 * x[, c(p, 1:(p - 1))]            # neighbouring features are correlated
  scores <- sapply(1:classes, function(k) 3 * x[, k] - 2 * x[, k + 4] + 0.5 * k + 6 * hash(1:n, p + 10 + k))
  list(x = x, y = max.col(scores), w = 0.5 + (1:n %% 4) / 2, fold = (0:(n - 1)) %% 5 + 1)
}

case <- function(id, n, p, classes, alpha, grouped = FALSE, weighted = FALSE, factors = NULL, thresh = 1e-16, folds = 5) {
  d <- table(n, p, classes)
  w <- if (weighted) d$w else rep(1, n)
  f <- if (is.null(factors)) rep(1, p) else rep(factors, length.out = p)
  fold <- (0:(n - 1)) %% folds + 1
  family <- if (classes == 2) "binomial" else "multinomial"
  extra <- if (classes == 2) list() else list(type.multinomial = if (grouped) "grouped" else "ungrouped")
  run <- function(measure) suppressWarnings(do.call(cv.glmnet, c(list(d$x, d$y, weights = w, family = family, alpha = alpha,
    penalty.factor = f, thresh = thresh, maxit = 1e9, foldid = fold, type.measure = measure), extra)))
  cv <- lapply(c(deviance = "deviance", class = "class", mse = "mse"), run)
  fit <- cv$deviance$glmnet.fit
  steps <- unique(round(seq(2, length(fit$lambda), length.out = 6)))
  coefs <- function(s) { m <- coef(fit, s = s); if (is.list(m)) unname(lapply(m, as.vector)) else list(as.vector(m)) }
  between <- sqrt(fit$lambda[3] * fit$lambda[4])
  list(id = id, n = n, p = p, classes = classes, alpha = alpha, grouped = grouped, weighted = weighted, factors = f, folds = folds,
    lambda = fit$lambda, dev_ratio = fit$dev.ratio, df = fit$df, nulldev = fit$nulldev,
    steps = steps, coefficients = lapply(fit$lambda[steps], coefs), between = between, coefficients_between = coefs(between),
    cv = lapply(cv, function(m) list(cvm = m$cvm, cvsd = m$cvsd, lambda_min = m$lambda.min, lambda_1se = m$lambda.1se, nzero = unname(m$nzero))))
}

cases <- list(
  case("binary, weighted, unequal factors", 120, 20, 2, 0.8, weighted = TRUE, factors = c(1, 0.5, 2, 0)),
  case("binary ridge with an unpenalised feature", 120, 12, 2, 0, factors = c(0, 1, 1, 2)),
  case("binary, more features than cases", 60, 90, 2, 1),
  case("three classes, weighted", 150, 15, 3, 1, weighted = TRUE, thresh = 1e-15),
  case("four classes, elastic net", 160, 12, 4, 0.6, thresh = 1e-15),
  case("four classes, LASSO: the middle of an interval", 160, 12, 4, 1, thresh = 1e-15),
  case("three classes, unpenalised feature", 150, 12, 3, 1, factors = c(0, 1, 1), thresh = 1e-15),
  case("three classes, ridge", 150, 12, 3, 0, thresh = 1e-15),
  case("three classes, grouped", 150, 12, 3, 1, grouped = TRUE, thresh = 1e-14),
  case("four classes, grouped elastic net, weighted", 160, 10, 4, 0.5, grouped = TRUE, weighted = TRUE, factors = c(1, 0, 2), thresh = 1e-14),
  case("two cases per fold", 60, 8, 2, 1, folds = 30)
)
version <- list(R = R.version.string, glmnet = as.character(packageVersion("glmnet")))
write(toJSON(list(version = version, cases = cases), digits = 15, auto_unbox = TRUE), commandArgs(TRUE)[1])
