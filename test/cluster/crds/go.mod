module hostdeps.dev/test/cluster/crds

go 1.26.4

require (
	github.com/openshift/api v0.0.0-20260420151639-34e60874783e
	github.com/prometheus-operator/prometheus-operator v0.85.0
	sigs.k8s.io/karpenter v1.13.0
)
