docker image inspect tomvit/httpd:v2 >/dev/null 2>&1 || { echo "There is no image tomvit/httpd:v2 yet."; exit 1; }
[ "$(docker run --rm tomvit/httpd:v2 cat /var/www/html/index.html 2>/dev/null)" = "my page" ] || { echo "The image tomvit/httpd:v2 does not hold your page yet."; exit 1; }
