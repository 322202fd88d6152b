paths
