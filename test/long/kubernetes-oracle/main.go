// The verdicts of kube-apiserver's own code, for comparison with ours: one JSON request per line on stdin,
// one JSON answer per line on stdout. Used by the long lane only; nothing of it is shipped.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/install"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	crdvalidation "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/common"
	"k8s.io/apiserver/pkg/cel/environment"
)

type request struct {
	Op     string          `json:"op"`
	CRD    json.RawMessage `json:"crd,omitempty"`
	Old    json.RawMessage `json:"old,omitempty"`
	Schema json.RawMessage `json:"schema,omitempty"`
	Object json.RawMessage `json:"object,omitempty"`
}

type fault struct {
	Path    string `json:"path"`
	Type    string `json:"type"`
	Message string `json:"message"`
	Text    string `json:"text"`
}

type answer struct {
	Error   string      `json:"error,omitempty"`
	Faults  []fault     `json:"faults,omitempty"`
	Value   interface{} `json:"value,omitempty"`
	Removed []string    `json:"removed,omitempty"`
	Costs   []cost      `json:"costs,omitempty"`
	Spent   int64       `json:"spent,omitempty"`
}

type cost struct {
	Max         uint64 `json:"max"`
	Cardinality uint64 `json:"cardinality"`
	Error       string `json:"error,omitempty"`
	MessageMax  uint64 `json:"messageMax"`
	UsesOldSelf bool   `json:"usesOldSelf"`
}

var scheme = runtime.NewScheme()

func main() {
	install.Install(scheme)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<28)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for in.Scan() {
		var r request
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			fail(err)
		}
		if err := encoder.Encode(handle(r)); err != nil {
			fail(err)
		}
		out.Flush()
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func handle(r request) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			a = answer{Error: fmt.Sprintf("panic: %v", p)}
		}
	}()
	switch r.Op {
	case "judge":
		return judge(r)
	case "validate":
		return validate(r)
	case "default":
		return shape(r, func(x map[string]interface{}, s *structuralschema.Structural) []string {
			defaulting.PruneNonNullableNullsWithoutDefaults(x, s)
			defaulting.Default(x, s)
			return nil
		})
	case "prune":
		return shape(r, func(x map[string]interface{}, s *structuralschema.Structural) []string {
			return pruning.PruneWithOptions(x, s, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
		})
	case "costs":
		return costs(r)
	}
	return answer{Error: "unknown op " + r.Op}
}

func readCRD(raw json.RawMessage) (*apiextensions.CustomResourceDefinition, error) {
	var v1 apiextensionsv1.CustomResourceDefinition
	if err := utiljson.Unmarshal(raw, &v1); err != nil {
		return nil, err
	}
	v1.Status = apiextensionsv1.CustomResourceDefinitionStatus{}
	scheme.Default(&v1)
	var internal apiextensions.CustomResourceDefinition
	if err := scheme.Convert(&v1, &internal, nil); err != nil {
		return nil, err
	}
	return &internal, nil
}

func judge(r request) answer {
	crd, err := readCRD(r.CRD)
	if err != nil {
		return answer{Error: err.Error()}
	}
	if len(r.Old) == 0 {
		return answer{Faults: faults(crdvalidation.ValidateCustomResourceDefinition(context.Background(), crd))}
	}
	old, err := readCRD(r.Old)
	if err != nil {
		return answer{Error: err.Error()}
	}
	crd.ResourceVersion, old.ResourceVersion = "1", "1"
	return answer{Faults: faults(crdvalidation.ValidateCustomResourceDefinitionUpdate(context.Background(), crd, old))}
}

func faults(list field.ErrorList) []fault {
	result := []fault{}
	for _, e := range list {
		result = append(result, fault{Path: e.Field, Type: string(e.Type), Message: e.Detail, Text: e.Error()})
	}
	return result
}

func readSchema(raw json.RawMessage) (*apiextensions.JSONSchemaProps, *structuralschema.Structural, error) {
	var v1 apiextensionsv1.JSONSchemaProps
	if err := utiljson.Unmarshal(raw, &v1); err != nil {
		return nil, nil, err
	}
	var internal apiextensions.JSONSchemaProps
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(&v1, &internal, nil); err != nil {
		return nil, nil, err
	}
	s, err := structuralschema.NewStructural(&internal)
	return &internal, s, err
}

func readObject(raw json.RawMessage) (map[string]interface{}, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var object map[string]interface{}
	return object, utiljson.Unmarshal(raw, &object)
}

func validate(r request) answer {
	props, s, err := readSchema(r.Schema)
	if err != nil {
		return answer{Error: err.Error()}
	}
	object, err := readObject(r.Object)
	if err != nil {
		return answer{Error: err.Error()}
	}
	old, err := readObject(r.Old)
	if err != nil {
		return answer{Error: err.Error()}
	}
	validator, _, err := validation.NewSchemaValidator(props)
	if err != nil {
		return answer{Error: err.Error()}
	}
	var errs field.ErrorList
	var celOptions []cel.Option
	var oldValue interface{}
	if old == nil {
		errs = validation.ValidateCustomResource(nil, object, validator)
		errs = append(errs, objectmeta.Validate(nil, object, s, false)...)
		errs = append(errs, listtype.ValidateListSetsAndMaps(nil, s, object)...)
	} else {
		oldValue = old
		correlated := common.NewCorrelatedObject(object, old, &model.Structural{Structural: s})
		celOptions = append(celOptions, cel.WithRatcheting(correlated))
		errs = validation.ValidateCustomResourceUpdate(nil, object, old, validator, validation.WithRatcheting(correlated))
		errs = append(errs, objectmeta.Validate(nil, object, s, false)...)
		if before := listtype.ValidateListSetsAndMaps(nil, s, old); len(before) == 0 {
			errs = append(errs, listtype.ValidateListSetsAndMaps(nil, s, object)...)
		}
	}
	var spent int64
	if celValidator := cel.NewValidator(s, true, celconfig.PerCallLimit); celValidator != nil {
		if blocks(errs) {
			errs = append(errs, field.Invalid(nil, nil, "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"))
		} else {
			celErrs, left := celValidator.Validate(context.Background(), nil, s, object, oldValue, celconfig.RuntimeCELCostBudget, celOptions...)
			errs = append(errs, celErrs...)
			spent = celconfig.RuntimeCELCostBudget - left
		}
	}
	return answer{Faults: faults(errs), Spent: spent}
}

func blocks(errs field.ErrorList) bool {
	for _, err := range errs {
		switch err.Type {
		case field.ErrorTypeNotSupported, field.ErrorTypeRequired, field.ErrorTypeTooLong, field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid:
			return true
		}
	}
	return false
}

func shape(r request, change func(map[string]interface{}, *structuralschema.Structural) []string) answer {
	_, s, err := readSchema(r.Schema)
	if err != nil {
		return answer{Error: err.Error()}
	}
	object, err := readObject(r.Object)
	if err != nil {
		return answer{Error: err.Error()}
	}
	removed := change(object, s)
	return answer{Value: object, Removed: removed}
}

// Static costs of the rules at the root of a schema.
func costs(r request) answer {
	_, s, err := readSchema(r.Schema)
	if err != nil {
		return answer{Error: err.Error()}
	}
	results, err := cel.Compile(s, model.SchemaDeclType(s, true), celconfig.PerCallLimit, environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()), cel.NewExpressionsEnvLoader())
	if err != nil {
		return answer{Error: err.Error()}
	}
	var list []cost
	for _, c := range results {
		one := cost{Max: c.MaxCost, Cardinality: c.MaxCardinality, MessageMax: c.MessageExpressionMaxCost, UsesOldSelf: c.UsesOldSelf}
		if c.Error != nil {
			one.Error = c.Error.Detail
		}
		if c.MessageExpressionError != nil {
			one.Error += " | " + c.MessageExpressionError.Detail
		}
		list = append(list, one)
	}
	return answer{Costs: list}
}
