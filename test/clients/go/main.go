// What controllers written in Go do with a server: typed and dynamic clients, informers, server-side apply, protobuf.
// Prints one line for each thing done; the test compares the lines with those that kube-apiserver gives.
package main

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strings"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	applycore "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/client-go/util/retry"
)

const limit = 30 * time.Second

var notes = schema.GroupVersionResource{Group: "go.oasgen.dev", Version: "v1", Resource: "notes"}

type session struct {
	ctx       context.Context
	config    *rest.Config
	typed     kubernetes.Interface
	dynamic   dynamic.Interface
	namespace string
}

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", os.Args[1])
	must(err)
	binary := rest.CopyConfig(config)
	binary.ContentType = "application/vnd.kubernetes.protobuf"
	binary.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	s := session{ctx: context.Background(), config: config, typed: kubernetes.NewForConfigOrDie(binary), dynamic: dynamic.NewForConfigOrDie(config)}
	namespace, err := s.typed.CoreV1().Namespaces().Create(s.ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "go-"}}, metav1.CreateOptions{})
	must(err)
	s.namespace = namespace.Name
	s.discovery()
	s.typedObjects()
	s.applies()
	s.typedInformer()
	s.customKind()
	s.dynamicInformer()
	s.leader()
	must(s.typed.CoreV1().Namespaces().Delete(s.ctx, s.namespace, metav1.DeleteOptions{}))
	must(s.eventually(func() bool {
		_, err := s.typed.CoreV1().Namespaces().Get(s.ctx, s.namespace, metav1.GetOptions{})
		return apierrors.IsNotFound(err)
	}))
	say("namespace deleted")
}

func say(format string, args ...any) { fmt.Printf(format+"\n", args...) }

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (s session) eventually(test func() bool) error {
	return wait.PollUntilContextTimeout(s.ctx, 50*time.Millisecond, limit, true, func(context.Context) (bool, error) { return test(), nil })
}

func (s session) discovery() {
	groups, resources, err := s.typed.Discovery().ServerGroupsAndResources()
	must(err)
	names := map[string]bool{}
	for _, group := range groups {
		names[group.Name] = true
	}
	say("groups apps %v, batch %v, rbac %v; lists of resources: %v", names["apps"], names["batch"], names["rbac.authorization.k8s.io"], len(resources) > 5)
}

func (s session) typedObjects() {
	maps := s.typed.CoreV1().ConfigMaps(s.namespace)
	made, err := maps.Create(s.ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "one"}, Data: map[string]string{"key": "value"}, BinaryData: map[string][]byte{"bytes": {0, 255}}}, metav1.CreateOptions{})
	must(err)
	stale := made.DeepCopy()
	made.Data["key"] = "other"
	_, err = maps.Update(s.ctx, made, metav1.UpdateOptions{})
	must(err)
	_, err = maps.Update(s.ctx, stale, metav1.UpdateOptions{})
	say("update of an old version: conflict %v", apierrors.IsConflict(err))
	must(retry.RetryOnConflict(retry.DefaultRetry, func() error {
		current, err := maps.Get(s.ctx, "one", metav1.GetOptions{})
		if err != nil {
			return err
		}
		current.Data["key"] = "third"
		_, err = maps.Update(s.ctx, current, metav1.UpdateOptions{})
		return err
	}))
	patched, err := maps.Patch(s.ctx, "one", types.StrategicMergePatchType, []byte(`{"data":{"key":null,"new":"x"}}`), metav1.PatchOptions{})
	must(err)
	say("patched: %v %v", patched.Data, patched.BinaryData)
	replicas := int32(2)
	labels := map[string]string{"app": "web"}
	deployment, err := s.typed.AppsV1().Deployments(s.namespace).Create(s.ctx, &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "web"},
		Spec: appsv1.DeploymentSpec{Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: labels}, Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "none.invalid/web:1"}}}}},
	}, metav1.CreateOptions{})
	must(err)
	say("deployment of %d, strategy %s, restart %s", *deployment.Spec.Replicas, deployment.Spec.Strategy.Type, deployment.Spec.Template.Spec.RestartPolicy)
	_, err = maps.Get(s.ctx, "none", metav1.GetOptions{})
	say("absent: not found %v", apierrors.IsNotFound(err))
	_, err = maps.Create(s.ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "Not A Name"}}, metav1.CreateOptions{})
	say("bad name: invalid %v", apierrors.IsInvalid(err))
}

func (s session) applies() {
	maps := s.typed.CoreV1().ConfigMaps(s.namespace)
	first := applycore.ConfigMap("applied", s.namespace).WithData(map[string]string{"a": "1", "b": "1"})
	_, err := maps.Apply(s.ctx, first, metav1.ApplyOptions{FieldManager: "first"})
	must(err)
	second := applycore.ConfigMap("applied", s.namespace).WithData(map[string]string{"b": "2"})
	_, err = maps.Apply(s.ctx, second, metav1.ApplyOptions{FieldManager: "second"})
	say("apply over another's field: conflict %v", apierrors.IsConflict(err))
	_, err = maps.Apply(s.ctx, second, metav1.ApplyOptions{FieldManager: "second", Force: true})
	must(err)
	_, err = maps.Apply(s.ctx, applycore.ConfigMap("applied", s.namespace).WithData(map[string]string{"c": "1"}), metav1.ApplyOptions{FieldManager: "first"})
	must(err)
	final, err := maps.Get(s.ctx, "applied", metav1.GetOptions{})
	must(err)
	managers := []string{}
	for _, entry := range final.ManagedFields {
		managers = append(managers, fmt.Sprintf("%s %s %s", entry.Manager, entry.Operation, entry.FieldsV1.String()))
	}
	sort.Strings(managers)
	say("applied: %v, by %s", final.Data, strings.Join(managers, "; "))
	extracted, err := applycore.ExtractConfigMap(final, "second")
	must(err)
	say("extracted for second: %v", extracted.Data)
}

type recorder struct {
	sync.Mutex
	seen []string
}

func (r *recorder) add(line string) { r.Lock(); r.seen = append(r.seen, line); r.Unlock() }
func (r *recorder) has(count int) func() bool {
	return func() bool { r.Lock(); defer r.Unlock(); return len(r.seen) >= count }
}

func (s session) typedInformer() {
	r := &recorder{}
	factory := informers.NewSharedInformerFactoryWithOptions(s.typed, 0, informers.WithNamespace(s.namespace), informers.WithTweakListOptions(func(o *metav1.ListOptions) { o.LabelSelector = "watched=yes" }))
	informer := factory.Core().V1().ConfigMaps().Informer()
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(o any) { r.add("add " + o.(*corev1.ConfigMap).Name) },
		UpdateFunc: func(_, o any) { r.add("update " + o.(*corev1.ConfigMap).Name + " " + o.(*corev1.ConfigMap).Data["n"]) },
		DeleteFunc: func(o any) { r.add("delete " + o.(*corev1.ConfigMap).Name) },
	})
	must(err)
	labels := map[string]string{"watched": "yes"}
	maps := s.typed.CoreV1().ConfigMaps(s.namespace)
	_, err = maps.Create(s.ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "before", Labels: labels}}, metav1.CreateOptions{})
	must(err)
	stop := make(chan struct{})
	defer close(stop)
	factory.Start(stop)
	for kind, synced := range factory.WaitForCacheSync(stop) {
		say("synced %s: %v", kind, synced)
	}
	made, err := maps.Create(s.ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "after", Labels: labels}}, metav1.CreateOptions{})
	must(err)
	made.Data = map[string]string{"n": "1"}
	_, err = maps.Update(s.ctx, made, metav1.UpdateOptions{})
	must(err)
	must(maps.Delete(s.ctx, "before", metav1.DeleteOptions{}))
	_, err = maps.Patch(s.ctx, "after", types.MergePatchType, []byte(`{"metadata":{"labels":null}}`), metav1.PatchOptions{})
	must(err)
	must(s.eventually(r.has(5)))
	say("informer: %s; left in its cache: %d", strings.Join(r.seen, ", "), len(informer.GetStore().List()))
}

func (s session) customKind() {
	client := apiextensions.NewForConfigOrDie(s.config)
	text := apiextensionsv1.JSONSchemaProps{Type: "object", Required: []string{"text"}, Properties: map[string]apiextensionsv1.JSONSchemaProps{
		"text": {Type: "string"}, "size": {Type: "integer", Default: &apiextensionsv1.JSON{Raw: []byte("7")}}}}
	_, err := client.ApiextensionsV1().CustomResourceDefinitions().Create(s.ctx, &apiextensionsv1.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: "notes." + notes.Group},
		Spec: apiextensionsv1.CustomResourceDefinitionSpec{Group: notes.Group, Scope: apiextensionsv1.NamespaceScoped,
			Names: apiextensionsv1.CustomResourceDefinitionNames{Plural: "notes", Kind: "Note"},
			Versions: []apiextensionsv1.CustomResourceDefinitionVersion{{Name: "v1", Served: true, Storage: true,
				Subresources: &apiextensionsv1.CustomResourceSubresources{Status: &apiextensionsv1.CustomResourceSubresourceStatus{}},
				Schema: &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: &apiextensionsv1.JSONSchemaProps{Type: "object", Properties: map[string]apiextensionsv1.JSONSchemaProps{
					"spec": text, "status": {Type: "object", Properties: map[string]apiextensionsv1.JSONSchemaProps{"read": {Type: "boolean"}}}}}}}}},
	}, metav1.CreateOptions{})
	must(err)
	must(s.eventually(func() bool {
		_, err := s.dynamic.Resource(notes).Namespace(s.namespace).List(s.ctx, metav1.ListOptions{})
		return err == nil
	}))
	say("kind served")
}

func note(name, text string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": notes.GroupVersion().String(), "kind": "Note", "metadata": map[string]any{"name": name}, "spec": map[string]any{"text": text}}}
}

func (s session) dynamicInformer() {
	client := s.dynamic.Resource(notes).Namespace(s.namespace)
	r := &recorder{}
	informer := dynamicinformer.NewFilteredDynamicSharedInformerFactory(s.dynamic, 0, s.namespace, nil).ForResource(notes).Informer()
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: func(o any) { r.add("add " + o.(*unstructured.Unstructured).GetName()) },
		UpdateFunc: func(_, o any) {
			read, _, _ := unstructured.NestedBool(o.(*unstructured.Unstructured).Object, "status", "read")
			r.add(fmt.Sprintf("update %s, read %v, generation %d", o.(*unstructured.Unstructured).GetName(), read, o.(*unstructured.Unstructured).GetGeneration()))
		},
	})
	must(err)
	stop := make(chan struct{})
	defer close(stop)
	go informer.Run(stop)
	cache.WaitForCacheSync(stop, informer.HasSynced)
	made, err := client.Apply(s.ctx, "first", note("first", "hello"), metav1.ApplyOptions{FieldManager: "go"})
	must(err)
	size, _, _ := unstructured.NestedInt64(made.Object, "spec", "size")
	say("applied by server, default of size: %d", size)
	made.Object["status"] = map[string]any{"read": true}
	_, err = client.UpdateStatus(s.ctx, made, metav1.UpdateOptions{})
	must(err)
	_, err = client.Apply(s.ctx, "first", note("first", "changed"), metav1.ApplyOptions{FieldManager: "go"})
	must(err)
	_, err = client.Apply(s.ctx, "second", &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": notes.GroupVersion().String(), "kind": "Note", "metadata": map[string]any{"name": "second"}, "spec": map[string]any{}}}, metav1.ApplyOptions{FieldManager: "go"})
	say("without text: invalid %v", apierrors.IsInvalid(err))
	must(s.eventually(r.has(3)))
	say("informer: %s", strings.Join(r.seen, "; "))
}

func (s session) leader() {
	ctx, cancel := context.WithTimeout(s.ctx, limit)
	defer cancel()
	lock := &resourcelock.LeaseLock{LeaseMeta: metav1.ObjectMeta{Name: "leader", Namespace: s.namespace}, Client: s.typed.CoordinationV1(), LockConfig: resourcelock.ResourceLockConfig{Identity: "me"}}
	leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{Lock: lock, ReleaseOnCancel: true, LeaseDuration: 10 * time.Second, RenewDeadline: 5 * time.Second, RetryPeriod: time.Second,
		Callbacks: leaderelection.LeaderCallbacks{OnStartedLeading: func(context.Context) { say("leading"); cancel() }, OnStoppedLeading: func() { say("stopped leading") }}})
	lease, err := s.typed.CoordinationV1().Leases(s.namespace).Get(s.ctx, "leader", metav1.GetOptions{})
	must(err)
	say("lease released: %v", lease.Spec.HolderIdentity == nil || *lease.Spec.HolderIdentity == "")
}
