kubectl get nodes >/dev/null 2>&1 || { echo "The API server does not answer yet. After the file is right it takes half a minute."; exit 1; }
