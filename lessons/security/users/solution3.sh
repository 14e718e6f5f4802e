kubectl create rolebinding developers --clusterrole=edit --group=developers
