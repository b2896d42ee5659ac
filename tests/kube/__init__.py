"""What the tests on a cluster share: its tools, a release of the chart, load on it, versions that must never serve.

The cluster is whatever `KUBECONFIG` names; `TABLEE_TEST_INGRESS` says where its ingress controller answers.
"""
