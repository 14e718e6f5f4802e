docker image inspect student/kubia >/dev/null 2>&1 || { echo "There is no image named student/kubia yet."; exit 1; }
