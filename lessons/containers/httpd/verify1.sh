docker image inspect tomvit/httpd:v1 >/dev/null 2>&1 || { echo "There is no image tomvit/httpd:v1 yet."; exit 1; }
