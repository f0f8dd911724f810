//go:build tools

// Package cli pins the Pulumi CLI, for machines that cannot download its release.
package cli

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
