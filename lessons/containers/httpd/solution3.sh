cd
sed -i 's/-y httpd/-y httpdd/' Dockerfile
docker build -t tomvit/httpd:v2 . && exit 1
sed -i 's/-y httpdd/-y httpd/' Dockerfile
sed -i '/^EXPOSE/i RUN echo "my page" > /var/www/html/index.html' Dockerfile
docker build -t tomvit/httpd:v2 .
docker build -t tomvit/httpd:v2 .
