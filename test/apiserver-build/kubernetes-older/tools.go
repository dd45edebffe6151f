//go:build tools

// Package kubernetes pins what the real lane builds: the API server and the controller manager.
package kubernetes

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
)
