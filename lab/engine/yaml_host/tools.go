//go:build tools

// Package yaml_host pins the language host of YAML stacks, for machines that cannot download Pulumi's release.
package yaml_host

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
