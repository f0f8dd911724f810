//go:build tools

// Package morehosts pins Pulumi's Node.js and Go language hosts, for machines that cannot download its release.
package morehosts

import (
	_ "github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go"
	_ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
)
