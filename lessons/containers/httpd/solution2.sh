docker run -d --name site -p 8080:80 tomvit/httpd:v1
sleep 1
curl -s localhost:8080 | head -5
