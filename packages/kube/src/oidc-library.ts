// The one name that is used, so that a bundler leaves the generated clients of every Kubernetes kind out.
export { KubeConfig } from '@kubernetes/client-node'
