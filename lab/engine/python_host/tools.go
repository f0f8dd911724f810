//go:build tools

// Package pythonhost pins Pulumi's Python language host, for machines that cannot download its release.
package pythonhost

import _ "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
