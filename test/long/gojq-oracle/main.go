// Runs jq programs with gojq: one {"program", "input"} per line on stdin, one {"outputs", "failed"} per line on stdout.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"time"

	"github.com/itchyny/gojq"
)

type request struct {
	Program string `json:"program"`
	Input   any    `json:"input"`
}

type answer struct {
	Outputs  []json.RawMessage `json:"outputs"`
	Failed   bool              `json:"failed"`
	TimedOut bool              `json:"timedOut,omitempty"`
}

const limit = 200

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for lines.Scan() {
		var asked request
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		if err := out.Encode(run(asked)); err != nil {
			panic(err)
		}
	}
}

func run(asked request) answer {
	result := answer{Outputs: []json.RawMessage{}}
	query, err := gojq.Parse(asked.Program)
	if err != nil {
		result.Failed = true
		return result
	}
	code, err := gojq.Compile(query)
	if err != nil {
		result.Failed = true
		return result
	}
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	values := code.RunWithContext(ctx, asked.Input)
	for len(result.Outputs) < limit {
		value, more := values.Next()
		if !more {
			break
		}
		if _, isError := value.(error); isError {
			result.Failed = true
			break
		}
		text, err := gojq.Marshal(value)
		if err != nil {
			result.Failed = true
			break
		}
		result.Outputs = append(result.Outputs, text)
	}
	result.TimedOut = ctx.Err() != nil
	return result
}
