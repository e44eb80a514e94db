"""How well intervals of NRI and IDI cover under repeated cross-validation (numpy 2).

Arguments: seed, draws, cases, repeats, shift of a shared feature, shift of a feature that only the new model has. Linear discriminants of
3 and 9 features, 5 folds. Printed: the intervals' variance as a share of the true one and their coverage, with the variance V of one repeat
given its models, with that of the repeats' mean over cases, and with V + (K/2 - 1 + 1/R) S, which vbx takes (`study::compare::average`).
"""
import numpy as np, sys
rng=np.random.default_rng(int(sys.argv[1])); D=int(sys.argv[2]); n=int(sys.argv[3]); R=int(sys.argv[4]); sig=float(sys.argv[5]);sig2=float(sys.argv[6]); K=5
cols=[slice(0,3),slice(0,9)]
def lda(X,y,T):
    m1=X[y==1].mean(0);m0=X[y==0].mean(0)
    S=(np.cov(X[y==1].T)*(sum(y==1)-1)+np.cov(X[y==0].T)*(sum(y==0)-1))/(len(y)-2)
    w=np.linalg.solve(S,m1-m0); b=-w@(m1+m0)/2+np.log(y.mean()/(1-y.mean()))
    return 1/(1+np.exp(-(T@w+b)))
stat=[[],[]]
for d in range(D):
    y=(np.arange(n)<n*0.4).astype(int)
    X=rng.normal(size=(n,9)); X[y==1,0]+=sig; X[y==1,5]+=sig2
    mv=np.zeros((2,R,n))
    for r in range(R):
        f=np.zeros(n,int)
        for c in (0,1):
            ix=np.where(y==c)[0]; rng.shuffle(ix); f[ix]=np.arange(len(ix))%K
        for k in range(K):
            te=f==k;tr=~te
            p=[lda(X[tr][:,c],y[tr],X[te][:,c]) for c in cols]
            mv[0,r,te]=np.sign(p[1]-p[0]); mv[1,r,te]=p[1]-p[0]
    for s in range(2):
        e=mv[s][:,y==1];o=mv[s][:,y==0]
        t=e.mean(1)-o.mean(1)
        V=(e.var(1,ddof=1)/e.shape[1]+o.var(1,ddof=1)/o.shape[1]).mean()
        a=mv[s].mean(0); Vb=a[y==1].var(ddof=1)/e.shape[1]+a[y==0].var(ddof=1)/o.shape[1]
        stat[s].append((t.mean(),V,Vb,t.var(ddof=1) if R>1 else 0))
C=K/2-1+1/R
for s,nm in ((0,"NRI"),(1,"IDI")):
    a=np.array(stat[s]);t=a[:,0];tv=t.var()
    print(nm,"mean %.4f sd %.4f true var %.3e V/true %.3f Vb/true %.3f (V+CS)/true %.3f"%(t.mean(),t.std(),tv,a[:,1].mean()/tv,a[:,2].mean()/tv,(a[:,1]+C*a[:,3]).mean()/tv),
     "cover V %.3f Vb %.3f V+CS %.3f"%tuple((abs(t-t.mean())<1.96*np.sqrt(v)).mean() for v in (a[:,1],a[:,2],a[:,1]+C*a[:,3])))
