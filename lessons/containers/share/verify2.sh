docker ps --filter ancestor=student/kubia -q | grep -q . || { echo "No container made from student/kubia is running."; exit 1; }
