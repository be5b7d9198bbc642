package exec

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// noWords are the fields of events that hold no words of people or programs:
// names, digests, closed sets, and what was read from the document.
var noWords = []string{
	"Began", "Resumed", "CopyChanged", "RoleTaken", "RoleHanded", "InputGiven", "Captured", "ClockJumped", "TerminalOpened", // as a whole
	"GateDecided.Gate", "Marked.Name", "StepBegan.At", "StepBegan.Command", "StepBegan.Confirmed", "StepBegan.Setup",
	"StepEnded.Outcome", "StepEnded.Signal", "StepEnded.Evidence", "StepEnded.Match", "StepEnded.Checks.Mode", "StepEnded.Uncompared", "StepEnded.Ignored.Kind", "StepEnded.Sample", "StepEnded.Output.SHA256", "StepEnded.Output.Terminal",
	"StepEnded.Replayed.Step", "StepEnded.Replayed.Outcome", "StepEnded.Replayed.Evidence", "StepEnded.Replayed.Match",
	"Answered.Question", "Answered.Say",
	"StepUnknown.Now", "PointObserved.Method", "Deviated.Kind", "Ended.Completion", "Ended.Digest", "TerminalEnded.Name",
}

// TestEveryEventIsWithoutSecrets puts a secret into each field of each event.
// Whoever adds a field says whether it can hold one.
func TestEveryEventIsWithoutSecrets(t *testing.T) {
	const secret = "hunter2-wHy?"
	var v vault
	v.put("TOKEN", secret)
	for _, zero := range bodies {
		full := reflect.New(reflect.TypeOf(zero)).Elem()
		fill(full, "with "+secret+" in it")
		name := reflect.TypeOf(zero).Name()
		for _, field := range holding(reflect.ValueOf(v.hideIn(full.Interface().(Body))), name, secret) {
			if !slices.Contains(noWords, field) && !slices.Contains(noWords, name) {
				t.Errorf("%s is recorded with a secret in it", field)
			}
		}
		if was := holding(full, name, secret); name == "StepEnded" && len(was) < 8 {
			t.Errorf("the test fills only %q", was)
		}
	}
}

// fill puts a text into each string of a value, and one element into each slice.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), text)
			}
		}
	}
}

// holding are the names of the fields that hold a text.
func holding(v reflect.Value, name, text string) []string {
	var all []string
	switch v.Kind() {
	case reflect.String:
		if strings.Contains(v.String(), text) {
			all = append(all, name)
		}
	case reflect.Slice:
		for i := range v.Len() {
			all = append(all, holding(v.Index(i), name, text)...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			all = append(all, holding(v.Field(i), fmt.Sprintf("%s.%s", name, v.Type().Field(i).Name), text)...)
		}
	}
	return all
}
