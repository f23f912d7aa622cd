// kube-state-metrics, as a tool of an empty module.
module tidegate/kube-state-metrics

go 1.26.0

require k8s.io/kube-state-metrics/v2 v2.18.0

tool k8s.io/kube-state-metrics/v2
