"""Stand-ins for the Pulumi plugins that some machines cannot download: lab-only, same schema, same manners."""
