"""The pages of protocols: the library and the lab's own, one version, two compared, the editor."""
