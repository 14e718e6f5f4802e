cd
cat Dockerfile
DOCKER_BUILDKIT=0 docker build -t tomvit/httpd:v1 .
