"""One trained model along one suite: predictions, features, introspection and costs."""
