// Decodes dashboards strictly with Grafana's own types: an unknown field, a missing one or a wrong type is an error.
package main

import (
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// check says what is wrong with a dashboard; "" when nothing is, for a list of no errors is not nil.
func check(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	var board dashboard.Dashboard
	if err := board.UnmarshalJSONStrict(content); err != nil && err.Error() != "" {
		return err.Error()
	}
	if err := board.Validate(); err != nil {
		return err.Error()
	}
	return ""
}

func main() {
	plugins.RegisterDefaultPlugins() // else panels' options and queries are not looked into
	failed := 0
	for _, path := range os.Args[1:] {
		if wrong := check(path); wrong != "" {
			fmt.Printf("%s: %s\n", path, wrong)
			failed = 1
		}
	}
	os.Exit(failed)
}
