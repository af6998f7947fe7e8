"""The pages: server-rendered, without a script, in one layout and one stylesheet."""
