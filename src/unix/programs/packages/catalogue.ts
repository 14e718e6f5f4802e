/**
 * The packages of the sandbox's mirrors: one line each, with the version every family of distributions calls it by. A dash: that family
 * does not have it under this name, and its package manager says so. Programs that do not exist here become a file that says so when run.
 */
import type { Process } from '../../kernel/process.ts'

export type Family = 'debian' | 'alpine' | 'redhat'

export interface Package {
  readonly name: string
  readonly version: string
  readonly kb: number
  readonly installedKb: number
  /** By name in its folder: `nginx`, or `vim:vi` where another program is run. */
  readonly programs: readonly string[]
  readonly folder: string
  readonly needs: readonly string[]
}

/** name | Debian | Alpine | Red Hat (7;later) | kB packed/unpacked | programs | needs */
const table = `
curl|7.88.1-10+deb12u14|8.14.1-r2|7.29.0-59.3;7.76.1-31|315/489|curl|libcurl4 libcurl
libcurl4|7.88.1-10+deb12u14|-|-|392/840||
libcurl|-|8.14.1-r2|7.29.0-59.3;7.76.1-31|391/570||
wget|1.21.3-1+deb12u1|1.25.0-r1|1.14-18.1;1.21.1-8|937/3521|wget|
procps|2:4.0.2-3|-|-|708/2091|ps top free uptime watch pgrep pkill kill pidof w vmstat sysctl|
procps-ng|-|4.0.4-r3|3.3.10-28;3.3.17-14|708/2091|ps top free uptime watch pgrep pkill pidof w vmstat sysctl|
iputils-ping|3:20221126-1+deb12u1|20240905-r0|-|47/121|ping|
iputils|-|20240905-r0|20160308-10;20210202-11|47/121|ping|
net-tools|2.10-0.1+deb12u2|2.10-r3|2.0-0.25;2.0-0.64|243/978|ifconfig netstat route arp hostname|
iproute2|6.1.0-3|6.15.0-r0|-|1045/3516|ip ss bridge|
iproute|-|-|4.11.0-30;6.11.0-1|1045/3516|ip ss bridge|
dnsutils|1:9.18.41-1~deb12u1|-|-|14/26||bind9-dnsutils
bind9-dnsutils|1:9.18.41-1~deb12u1|-|-|158/501|dig nslookup|bind9-host
bind9-host|1:9.18.41-1~deb12u1|-|-|57/147|host|
bind-tools|-|9.20.13-r0|-|160/501|dig nslookup host|
bind-utils|-|-|9.11.4-26;9.16.23-31|260/501|dig nslookup host|
netcat-openbsd|1.219-1|1.229.1-r0|-|41/108|nc|
netcat-traditional|1.10-47|-|-|67/143|nc|
nmap-ncat|-|-|6.40-19;7.92-3|240/470|nc ncat:nc|
nmap|7.93+dfsg1-1|7.97-r0|6.40-19;7.92-3|1897/4434|nmap|
telnet|0.17+2.4-2+deb12u1|-|0.17-66;0.17-85|37/54|telnet|
inetutils-telnet|2:2.4-2+deb12u1|-|-|120/257|telnet|
busybox-extras|-|1.37.0-r18|-|60/140|telnet httpd:busybox|
traceroute|1:2.1.2-1|-|2.0.22-2;2.1.0-18|51/155|traceroute|
vim|2:9.0.1378-2+deb12u2|9.1.1566-r0|7.4.629-8;8.2.2637-22|1567/3650|vi vim|
vim-enhanced|-|-|7.4.629-8;8.2.2637-22|1567/3650|vi vim|
vim-tiny|2:9.0.1378-2+deb12u2|-|-|720/1650|vi|
nano|7.2-1+deb12u1|8.4-r0|2.3.1-10;5.6.1-7|689/2804|nano|
less|590-2.1~deb12u2|668-r0|458-9;590-5|132/313|less|
jq|1.6-2.1+deb12u1|1.8.1-r0|1.6-2;1.6-17|64/111|jq|
yq|-|4.46.1-r1|-|4000/11000|yq|
git|1:2.39.5-0+deb12u2|2.49.1-r0|1.8.3.1-25;2.47.3-1|7264/44890|git|
python3|3.11.2-1+b1|3.12.11-r0|3.6.8-21;3.9.21-2|26/81|python3|
python3-pip|23.0.1+dfsg-1|-|9.0.3-8;21.3.1-1|1324/6678|pip3 pip|python3
py3-pip|-|25.1.1-r0|-|1324/6678|pip3 pip|python3
python3-venv|3.11.2-1+b1|-|-|1/6||python3
python3-flask|2.2.2-3|-|-|105/444||python3
openssl|3.0.17-1~deb12u2|3.5.2-r0|1.0.2k-26;3.2.2-6|1441/2315|openssl|
ca-certificates|20230311+deb12u1|20250619-r0|2023.2.60;2024.2.69|160/388||
stress|1.0.7-1|-|1.0.4-16;1.0.4-29|21/56|stress|
stress-ng|0.15.06-2|0.19.02-r0|0.07.29-2;0.18.06-5|2363/8836|stress-ng|
bash|5.2.15-2+b8|5.2.37-r0|4.2.46-35;5.1.8-9|1490/7164|bash|
bash-completion|1:2.11-6|2.16.0-r0|2.1-8;2.11-5|234/1400||
sudo|1.9.13p3-1+deb12u2|1.9.17_p2-r0|1.8.23-10;1.9.5p2-10|1890/6055|sudo|
tree|2.1.0-1|2.2.1-r0|1.6.0-10;1.8.0-10|52/113|tree|
file|1:5.44-3|5.46-r2|5.11-37;5.39-16|42/79|file|
xxd|2:9.0.1378-2+deb12u2|9.1.1566-r0|-|84/135|xxd|
bsdmainutils|12.1.8|-|-|5/17|hexdump|
psmisc|23.6-1|23.7-r0|22.20-17;23.4-3|258/909|killall pstree|
lsof|4.95.0-1|4.99.4-r1|4.87-6;4.94.0-3|318/482|lsof|
strace|6.1-0.1|6.13-r0|4.24-6;6.12-1|1313/2839|strace|
tcpdump|4.99.3-1|4.99.5-r1|4.9.2-4;4.99.0-9|466/1332|tcpdump|
socat|1.7.4.4-2|1.8.0.3-r1|1.7.3.2-2;1.7.4.1-6|375/1515|socat|
iperf3|3.12-1+deb12u1|3.19-r0|3.1.7-2;3.9-13|33/86|iperf3|
mtr-tiny|0.95-1|-|-|71/161|mtr|
iptables|1.8.9-2|1.8.11-r1|1.4.21-35;1.8.10-11|360/2408|iptables iptables-save|
bridge-utils|1.7.1-1|1.7.1-r1|1.5-9;-|35/113|brctl|
util-linux|2.38.1-5+deb12u3|2.41-r9|2.23.2-65;2.37.4-21|1177/4978|unshare nsenter lsns mount lsblk lscpu findmnt dmesg flock setsid taskset logger|
coreutils|9.1-1|9.7-r1|8.22-24;8.32-39|2896/18062||
findutils|4.9.0-4|4.10.0-r0|4.5.11-6;4.8.0-7|676/1993|find xargs|
gawk|1:5.2.1-2|5.3.2-r2|4.0.2-4;5.1.0-6|660/2800|awk gawk:awk|
grep|3.8-5|3.12-r0|2.20-3;3.6-5|430/1216|grep|
sed|4.9-1|4.9-r2|4.2.2-7;4.8-9|320/987|sed|
tar|1.34+dfsg-1.2+deb12u1|1.35-r3|1.26-35;1.34-7|836/3144|tar|
gzip|1.12-1|1.14-r1|1.5-11;1.12-1|140/252|gzip gunzip zcat|
which|2.21-2|-|2.20-7;2.21-30|39/80|which|
hostname|3.23+nmu1|-|3.13-3;3.23-6|11/46|hostname|
bc|1.07.1-3+b1|1.08.2-r0|1.06.95-13;1.07.1-14|109/241|bc|
htop|3.2.2-2|3.4.1-r0|2.2.0-3;3.3.0-1|152/378|htop|
figlet|2.2.5-3+b1|2.2.5-r3|2.2.5-9;2.2.5-23|136/739|figlet|
cowsay|3.03+dfsg2-8|-|3.04-4;3.7.0-10|21/92|cowsay|
fortune-mod|1:1.99.1-7.3|-|1.99.1-17;3.6.1-3|38/106|fortune|
sl|5.02-1+b1|5.05-r0|5.02-1;5.02-17|13/60|sl|
unzip|6.0-28|6.0-r15|6.0-24;6.0-59|166/380|unzip|
zip|3.0-13|3.0-r13|3.0-11;3.0-35|230/616|zip|
bzip2|1.0.8-5+b1|1.0.8-r6|1.0.6-13;1.0.8-10|49/121|bzip2|
xz-utils|5.4.1-1|-|-|471/1226|xz|
make|4.3-4.1|4.4.1-r3|3.82-24;4.3-8|395/1592|make|
gcc|4:12.2.0-3|14.2.0-r6|4.8.5-44;11.5.0-5|5/47|gcc cc|
g++|4:12.2.0-3|14.2.0-r6|-|1/15|g++|
build-essential|12.9|-|-|7/20||gcc g++ make
build-base|-|0.5-r3|-|1/1||gcc g++ make
musl-dev|-|1.2.5-r10|-|8000/10600||
linux-headers|-|6.14.2-r0|-|1400/11800||
libffi-dev|3.4.4-1|3.4.8-r0|-|60/330||
openssl-dev|-|3.5.4-r0|-|330/2500||
libc6-dev|2.36-9+deb12u13|-|-|1904/11800||
libpq-dev|15.14-0+deb12u1|17.6-r0|-|152/700||
python3-dev|3.11.2-1+b1|3.12.11-r0|-|615/2900||
rsync|3.2.7-1+deb12u2|3.4.1-r0|3.1.2-12;3.2.5-3|417/750|rsync|
openssh-client|1:9.2p1-2+deb12u7|10.0_p1-r9|-|992/5801|ssh scp|
openssh-clients|-|-|7.4p1-23;8.7p1-46|992/5801|ssh scp|
gnupg|2.2.40-1.1+deb12u1|2.4.7-r0|-|846/886|gpg|
gpg|2.2.40-1.1+deb12u1|-|-|927/1585|gpg|
sshpass|1.09-1+b1|1.10-r0|1.06-2;1.09-4|13/36|sshpass|
apt-transport-https|2.6.1|-|-|25/35||
lsb-release|12.0-1|-|-|6/17|lsb_release|
software-properties-common|0.99.30-4.1~deb12u1|-|-|62/450|add-apt-repository|
tzdata|2025b-0+deb12u2|2025b-r0|2024a-1;2025b-1|307/2571||
locales|2.36-9+deb12u13|-|-|3906/15847||
cron|3.0pl1-162|-|-|73/217|cron crontab|
kmod|30+20221128-1|34.2-r0|20-28;28-10|95/261|lsmod modprobe rmmod|
man-db|2.11.2-2|-|2.6.3-11;2.9.3-7|1386/3250|man|
sysstat|12.6.1-1|12.7.7-r0|10.1.5-20;12.5.4-9|596/1719|iostat mpstat sar pidstat|
hey|0.1.4-2+b8|-|-|2700/7800|hey|
siege|4.0.7-1|4.1.7-r1|-|100/260|siege|
wrk|4.1.0-3+b2|4.2.0-r0|-|110/290|wrk|
tmux|3.3a-3|3.5a-r0|1.8-4;3.2a-5|455/1132|tmux|
screen|4.9.0-4|5.0.1-r0|4.1.0-0.27;-|613/1073|screen|
at|3.2.5-1+b1|3.2.5-r1|3.1.13-25;3.1.23-11|45/118|at|
ethtool|1:6.1-1|6.14-r0|4.8-10;6.2-1|197/638|ethtool|
conntrack|1:1.4.7-1+b2|-|-|33/101|conntrack|
uuid-runtime|2.38.1-5+deb12u3|-|-|58/170|uuidgen|
tini|0.19.0-1|0.19.0-r3|-|250/900|tini|
su-exec|-|0.2-r3|-|10/18|su-exec:gosu|
gosu|1.14-1+b10|1.17-r0|-|1000/2300|gosu|
shadow|-|4.17.3-r0|-|560/1200|useradd groupadd|
nginx|1.22.1-9+deb12u3|1.28.0-r3|1.20.1-10;1.20.1-22|528/1336|sbin/nginx|nginx-common iproute2 nginx-core
nginx-common|1.22.1-9+deb12u3|-|-|115/333||
nginx-core|-|-|-;1.20.1-22|587/1700||
nginx-light|1.22.1-9+deb12u3|-|-|90/120|sbin/nginx|nginx-common
nginx-full|1.22.1-9+deb12u3|-|-|90/120|sbin/nginx|nginx-common
apache2|2.4.65-1~deb12u1|2.4.65-r0|-|222/588|sbin/apache2:httpd sbin/apachectl sbin/apache2ctl:apachectl sbin/httpd|apache2-bin apache2-data apache2-utils
apache2-bin|2.4.65-1~deb12u1|-|-|1376/5144||
apache2-data|2.4.65-1~deb12u1|-|-|160/880||
apache2-utils|2.4.65-1~deb12u1|2.4.65-r0|-|210/452|htpasswd ab|
httpd|-|-|2.4.6-99.0.7;2.4.62-4|1230/3900|sbin/httpd sbin/apachectl|apr apr-util httpd-tools mailcap system-logos httpd-core httpd-filesystem
httpd-tools|-|-|2.4.6-99.0.7;2.4.62-4|94/180|htpasswd ab|
httpd-core|-|-|-;2.4.62-4|1510/4800||
httpd-filesystem|-|-|-;2.4.62-4|14/1||
apr|-|-|1.4.8-7;1.7.0-12|104/220||
apr-util|-|-|1.5.2-6.0.1;1.6.1-23|92/190||
mailcap|-|-|2.1.41-2;2.1.49-5|31/62||
system-logos|-|-|70.7.0-3;90.4-1|24000/25000||
redis|5:7.0.15-1~deb12u6|8.0.4-r0|3.2.12-2;6.2.20-1|22/40|redis-server redis-cli|redis-server redis-tools
redis-server|5:7.0.15-1~deb12u6|-|-|73/183|redis-server|redis-tools
redis-tools|5:7.0.15-1~deb12u6|-|-|991/5837|redis-cli redis-benchmark|
postgresql-client|15+248|-|-|10/16||postgresql-client-15
postgresql-client-15|15.14-0+deb12u1|-|-|1725/10300|psql pg_isready pg_dump createdb dropdb createuser|postgresql-client-common
postgresql-client-common|248|-|-|35/130||
postgresql16-client|-|16.10-r0|-|1100/4300|psql pg_isready pg_dump createdb dropdb createuser|
postgresql17-client|-|17.6-r0|-|1100/4300|psql pg_isready pg_dump createdb dropdb createuser|
postgresql|-|-|9.2.24-9;13.22-1|1600/6000|psql pg_isready pg_dump createdb dropdb createuser|
mariadb-client|1:10.11.14-0+deb12u2|11.4.8-r0|-|2952/62935|mysql mariadb:mysql mysqladmin|
default-mysql-client|1.1.0|-|-|2/9||mariadb-client
mysql-client|-|11.4.8-r0|-|10/20|mysql mysqladmin|mariadb-client
mariadb|-|-|5.5.68-1;10.5.27-1|8900/49000|mysql mysqladmin|
memcached|1.6.18-1+deb12u1|1.6.32-r0|1.4.15-10;1.6.9-7|212/597|memcached|
nodejs|18.20.4+dfsg-1~deb12u1|22.16.0-r2|16.20.2-1;16.20.2-8|312/1700|node nodejs:node|
npm|9.2.0~ds1-1|11.3.0-r1|8.19.4-1;8.19.4-1|669/2941|npm npx|nodejs
yarn|-|1.22.22-r1|-|1200/5200|yarn|nodejs
golang|2:1.19~1|-|1.19.13-1;1.24.6-1|7/30|go|
golang-go|2:1.19~1|-|-|45/134|go|
go|-|1.24.11-r0|-|70000/260000|go|
default-jdk|2:1.17-74|-|-|1/6|java javac|
openjdk-17-jdk|17.0.17+10-1~deb12u1|-|-|2400/5000|java javac|
openjdk17|-|17.0.16_p8-r0|-|1/1|java javac|
ruby|1:3.1|3.4.4-r0|2.0.0.648-39;3.0.7-165|6/36|ruby|
php|2:8.2+93|-|5.4.16-48;8.0.30-3|4/18|php|
perl|5.36.0-7+deb12u3|5.40.3-r0|5.16.3-299;5.32.1-481|239/690|perl|
docker.io|20.10.24+dfsg1-1+deb12u1+b2|-|-|36256/147576|docker|
docker-ce|5:28.2.2-1~debian.12~bookworm|-|3:26.1.4-1;3:28.2.2-1|19200/89000|docker|docker-ce-cli containerd.io
docker-ce-cli|5:28.2.2-1~debian.12~bookworm|-|1:26.1.4-1;1:28.2.2-1|15800/42400|docker|
containerd.io|1.7.27-1|-|1.6.33-3.1;1.7.27-3.1|30500/123000|containerd ctr runc|
docker-buildx-plugin|0.24.0-1~debian.12~bookworm|-|0.14.1-1;0.24.0-1|15600/65000||
docker-compose-plugin|2.36.2-1~debian.12~bookworm|-|2.27.1-1;2.36.2-1|15600/73000||
docker|-|28.3.3-r3|1.13.1-210;-|15000/60000|docker|
docker-cli|-|28.3.3-r3|-|15000/60000|docker|
epel-release|-|-|7-11;9-10|15/24||
yum-utils|-|-|1.1.31-54;4.3.0-20|122/337|yum-config-manager|
`

/** What Ubuntu 24.04 has in other versions, of those people look at. */
const ubuntu = new Map(
  'curl 8.5.0-2ubuntu10.6 wget 1.21.4-1ubuntu4.1 iputils-ping 3:20240117-1ubuntu0.1 net-tools 2.10-0.1ubuntu4.4 iproute2 6.1.0-1ubuntu6.2 vim 2:9.1.0016-1ubuntu7.9 nginx 1.24.0-2ubuntu7.5 nginx-common 1.24.0-2ubuntu7.5 apache2 2.4.58-1ubuntu8.8 apache2-bin 2.4.58-1ubuntu8.8 apache2-data 2.4.58-1ubuntu8.8 apache2-utils 2.4.58-1ubuntu8.8 git 1:2.43.0-1ubuntu7.3 jq 1.7.1-3ubuntu0.24.04.1 python3 3.12.3-0ubuntu2 python3-pip 24.0+dfsg-1ubuntu1.3 nano 7.2-2ubuntu0.1 redis-server 5:7.0.15-1ubuntu0.24.04.1 redis-tools 5:7.0.15-1ubuntu0.24.04.1 nodejs 18.19.1+dfsg-6ubuntu5 postgresql-client 16+257build1.1 dnsutils 1:9.18.39-0ubuntu0.24.04.2 bind9-dnsutils 1:9.18.39-0ubuntu0.24.04.2 bind9-host 1:9.18.39-0ubuntu0.24.04.2 tree 2.1.1-2ubuntu3.24.04.2 procps 2:4.0.4-4ubuntu3.2 telnet 0.17+2.5-3ubuntu4 netcat-openbsd 1.226-1ubuntu2 stress 1.0.7-1 figlet 2.2.5-3build1 cowsay 3.03+dfsg2-8 openssl 3.0.13-0ubuntu3.6 ca-certificates 20240203'
    .match(/\S+ \S+/g)
    ?.map((pair) => pair.split(' ') as [string, string]),
)

export interface Distribution {
  readonly family: Family
  /** os-release's ID: `ubuntu`, `ol`. */
  readonly id: string
  /** `7` of `7.9`. */
  readonly major: number
  readonly codename: string
}

export function distributionOf(process: Process): Distribution {
  const release = process.files.exists('/etc/os-release') ? process.files.readText('/etc/os-release') : ''
  const value = (name: string): string => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(release)?.[1] ?? ''
  const id = value('ID')
  const family = id === 'alpine' ? 'alpine' : id === 'debian' || id === 'ubuntu' || id === '' ? 'debian' : 'redhat'
  return {
    family,
    id,
    major: Number.parseInt(value('VERSION_ID'), 10) || 0,
    codename: value('VERSION_CODENAME') || (id === 'ubuntu' ? 'noble' : 'bookworm'),
  }
}

const lines = new Map(
  table
    .trim()
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf('|')), line] as const),
)

/** Every package that this distribution has. */
export function packagesOf(on: Distribution): Package[] {
  return [...lines.keys()].flatMap((name) => packageOf(on, name) ?? [])
}

export function packageOf(on: Distribution, name: string): Package | undefined {
  const line = lines.get(name)
  if (line === undefined) return undefined
  const [, debian, alpine, redhat, sizes, programs, needs] = line.split('|')
  const version = { debian: on.id === 'ubuntu' ? (ubuntu.get(name) ?? debian) : debian, alpine, redhat: redHatVersion(redhat, on) }[
    on.family
  ]
  if (version === '-') return undefined
  const [kb, installedKb] = sizes.split('/').map(Number)
  return {
    name,
    version,
    kb,
    installedKb,
    programs: programs
      .split(' ')
      .filter(Boolean)
      .map((one) => one.replace(/^sbin\//, '')),
    folder: programs.startsWith('sbin/') ? '/usr/sbin' : '/usr/bin',
    needs: needs.split(' ').filter((one) => one !== '' && packageOf(on, one) !== undefined),
  }
}

function redHatVersion(versions: string, { id, major }: Distribution): string {
  const [seven, later = seven] = versions.split(';')
  const isSeven = major === 7
  const tag = id === 'fedora' ? `fc${major}` : id === 'amzn' ? 'amzn2023' : `el${major}`
  const version = isSeven ? seven : later
  return version === '-' ? version : `${version}.${tag}`
}
