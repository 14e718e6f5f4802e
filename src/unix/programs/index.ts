/** Every program that a machine or an image can contain, under the name its executable file carries (see kernel/execute.ts). */
import type { Program } from '../kernel/process.ts'
import { base64 } from './base64.ts'
import { basename } from './basename.ts'
import { busybox, busyboxOld } from './busybox.ts'
import { cat } from './cat.ts'
import { chmod } from './chmod.ts'
import { chgrp, chown } from './chown.ts'
import { clear, reset } from './clear.ts'
import { cmp } from './cmp.ts'
import { cp } from './cp.ts'
import { curl } from './curl.ts'
import { cut } from './cut.ts'
import { date } from './date.ts'
import { dd } from './dd.ts'
import { df } from './df.ts'
import { md5sum, sha1sum, sha256sum, sha512sum } from './digests.ts'
import { dirname } from './dirname.ts'
import { du } from './du.ts'
import { echo } from './echo.ts'
import { env } from './env.ts'
import { expr } from './expr.ts'
import { findProgram } from './find.ts'
import { free } from './free.ts'
import { getent } from './getent.ts'
import { egrep, fgrep, grep } from './grep.ts'
import { gunzip, gzip, zcat } from './gzip.ts'
import { head } from './head.ts'
import { hostname } from './hostname.ts'
import { groups, id, whoami } from './id.ts'
import { kill, killall, pgrep, pidof, pkill } from './kill.ts'
import { lazy } from './lazy.ts'
import { ln } from './ln.ts'
import { ls } from './ls.ts'
import { mkdir } from './mkdir.ts'
import { install, mkfifo, mktemp, nproc, sync, truncate, unlink } from './mktemp.ts'
import { mount, umount } from './mount.ts'
import { mv } from './mv.ts'
import { nc } from './nc.ts'
import { ping, traceroute } from './ping.ts'
import { printenv } from './printenv.ts'
import { printf } from './printf.ts'
import { ps } from './ps.ts'
import { pwd } from './pwd.ts'
import { readlink, realpath } from './realpath.ts'
import { rm } from './rm.ts'
import { rmdir } from './rmdir.ts'
import { seq } from './seq.ts'
import { sleep } from './sleep.ts'
import { sort } from './sort.ts'
import { stat } from './stat.ts'
import { stty } from './stty.ts'
import { su, sudo } from './sudo.ts'
import { tail } from './tail.ts'
import { tar } from './tar.ts'
import { tee } from './tee.ts'
import { bracket, test } from './test.ts'
import { nice, nohup, time, timeout } from './timeout.ts'
import { touch } from './touch.ts'
import { tput } from './tput.ts'
import { tr } from './tr.ts'
import { falseProgram, trueProgram } from './true.ts'
import { tty } from './tty.ts'
import { arch, uname } from './uname.ts'
import { uniq } from './uniq.ts'
import { uptime } from './uptime.ts'
import { wc } from './wc.ts'
import { wget } from './wget.ts'
import { which } from './which.ts'
import { xargs } from './xargs.ts'
import { yes } from './yes.ts'

export const programs: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['[', bracket],
  ['apk', lazy(() => import('./packages/apk.ts').then(({ apk }) => apk))],
  ['apt', lazy(() => import('./packages/apt.ts').then(({ apt }) => apt))],
  ['apt-cache', lazy(() => import('./packages/apt.ts').then(({ apt }) => apt))],
  ['apt-mark', lazy(() => import('./packages/apt-kubernetes.ts').then(({ aptMark }) => aptMark))],
  ['apt-get', lazy(() => import('./packages/apt.ts').then(({ apt }) => apt))],
  ['arch', arch],
  ['arp', lazy(() => import('./ifconfig.ts').then(({ arp }) => arp))],
  ['ab', lazy(() => import('./load.ts').then(({ ab }) => ab))],
  ['hey', lazy(() => import('./load.ts').then(({ hey }) => hey))],
  ['awk', lazy(() => import('./awk/awk.ts').then(({ awk }) => awk))],
  ['base64', base64],
  ['basename', basename],
  ['bc', lazy(() => import('./bc.ts').then(({ bc }) => bc))],
  ['busybox', busybox],
  ['busybox-1.28', busyboxOld],
  ['busybox:httpd', lazy(() => import('./busybox-httpd.ts').then(({ busyboxHttpd }) => busyboxHttpd))],
  ['cat', cat],
  ['chgrp', chgrp],
  ['brctl', lazy(() => import('./bridges.ts').then(({ brctl }) => brctl))],
  ['bridge', lazy(() => import('./bridges.ts').then(({ bridge }) => bridge))],
  ['chmod', chmod],
  ['chown', chown],
  ['cksum', lazy(() => import('./odds.ts').then(({ cksum }) => cksum))],
  ['clear', clear],
  ['cmp', cmp],
  ['comm', lazy(() => import('./text-tools.ts').then(({ comm }) => comm))],
  ['cp', cp],
  ['curl', curl],
  ['cut', cut],
  ['date', date],
  ['dd', dd],
  ['df', df],
  ['diff', lazy(() => import('./diff.ts').then(({ diff }) => diff))],
  ['dig', lazy(() => import('./dig.ts').then(({ dig }) => dig))],
  ['dirname', dirname],
  ['dnsdomainname', lazy(() => import('./odds.ts').then(({ dnsdomainname }) => dnsdomainname))],
  ['dpkg', lazy(() => import('./packages/dpkg.ts').then(({ dpkg }) => dpkg))],
  ['du', du],
  ['echo', echo],
  ['egrep', egrep],
  ['env', env],
  ['expand', lazy(() => import('./text-tools.ts').then(({ expand }) => expand))],
  ['expr', expr],
  ['factor', lazy(() => import('./odds.ts').then(({ factor }) => factor))],
  ['false', falseProgram],
  ['fgrep', fgrep],
  ['file', lazy(() => import('./file-kinds.ts').then(({ file }) => file))],
  ['find', findProgram],
  ['fold', lazy(() => import('./text-tools.ts').then(({ fold }) => fold))],
  ['free', free],
  ['getent', getent],
  ['git', lazy(() => import('./git/git.ts').then(({ git }) => git))],
  ['grep', grep],
  ['groups', groups],
  ['gunzip', gunzip],
  ['gzip', gzip],
  ['head', head],
  ['hexdump', lazy(() => import('./dump.ts').then(({ hexdump }) => hexdump))],
  ['host', lazy(() => import('./nslookup.ts').then(({ host }) => host))],
  ['hostname', hostname],
  ['id', id],
  ['ifconfig', lazy(() => import('./ifconfig.ts').then(({ ifconfig }) => ifconfig))],
  ['install', install],
  ['ip', lazy(() => import('./ip.ts').then(({ ip }) => ip))],
  ['iptables', lazy(() => import('./iptables.ts').then(({ iptables }) => iptables))],
  ['iptables-save', lazy(() => import('./iptables.ts').then(({ iptablesSave }) => iptablesSave))],
  ['join', lazy(() => import('./text-tools.ts').then(({ join }) => join))],
  ['journalctl', lazy(() => import('./systemctl.ts').then(({ journalctl }) => journalctl))],
  ['jq', lazy(() => import('./jq/jq.ts').then(({ jq }) => jq))],
  ['kill', kill],
  ['killall', killall],
  ['less', lazy(() => import('./pager/less.ts').then(({ less }) => less))],
  ['ln', ln],
  ['ls', ls],
  ['lsns', lazy(() => import('./namespaces.ts').then(({ lsns }) => lsns))],
  ['lsof', lazy(() => import('./odds.ts').then(({ lsof }) => lsof))],
  ['md5sum', md5sum],
  ['mkdir', mkdir],
  ['mkfifo', mkfifo],
  ['mktemp', mktemp],
  ['more', lazy(() => import('./pager/more.ts').then(({ more }) => more))],
  ['mount', mount],
  ['mv', mv],
  ['nano', lazy(() => import('./editors/nano.ts').then(({ nano }) => nano))],
  ['nc', nc],
  ['netstat', lazy(() => import('./ss.ts').then(({ netstat }) => netstat))],
  ['nice', nice],
  ['nl', lazy(() => import('./text-tools.ts').then(({ nl }) => nl))],
  ['nohup', nohup],
  ['nproc', nproc],
  ['nslookup', lazy(() => import('./nslookup.ts').then(({ nslookup }) => nslookup))],
  ['nsenter', lazy(() => import('./namespaces.ts').then(({ nsenter }) => nsenter))],
  ['od', lazy(() => import('./dump.ts').then(({ od }) => od))],
  ['openssl', lazy(() => import('./openssl/openssl.ts').then(({ openssl }) => openssl))],
  ['paste', lazy(() => import('./text-tools.ts').then(({ paste }) => paste))],
  ['pgrep', pgrep],
  ['pidof', pidof],
  ['ping', ping],
  ['pkill', pkill],
  ['printenv', printenv],
  ['printf', printf],
  ['ps', ps],
  ['pwd', pwd],
  ['readlink', readlink],
  ['realpath', realpath],
  ['reset', reset],
  ['rev', lazy(() => import('./text-tools.ts').then(({ rev }) => rev))],
  ['rm', rm],
  ['rmdir', rmdir],
  ['route', lazy(() => import('./ifconfig.ts').then(({ route }) => route))],
  ['scp', lazy(() => import('./ssh.ts').then(({ scp }) => scp))],
  ['script', lazy(() => import('./script.ts').then(({ script }) => script))],
  ['sed', lazy(() => import('./sed/sed.ts').then(({ sed }) => sed))],
  ['seq', seq],
  ['service', lazy(() => import('./systemctl.ts').then(({ service }) => service))],
  ['sha1sum', sha1sum],
  ['sha256sum', sha256sum],
  ['sha512sum', sha512sum],
  ['shuf', lazy(() => import('./text-tools.ts').then(({ shuf }) => shuf))],
  ['sleep', sleep],
  ['sort', sort],
  ['split', lazy(() => import('./text-tools.ts').then(({ split }) => split))],
  ['ss', lazy(() => import('./ss.ts').then(({ ss }) => ss))],
  ['ssh', lazy(() => import('./ssh.ts').then(({ ssh }) => ssh))],
  ['stat', stat],
  ['strace', lazy(() => import('./odds.ts').then(({ strace }) => strace))],
  ['stress', lazy(() => import('./odds.ts').then(({ stress }) => stress))],
  ['stress-ng', lazy(() => import('./odds.ts').then(({ stress }) => stress))],
  ['strings', lazy(() => import('./file-kinds.ts').then(({ strings }) => strings))],
  ['stty', stty],
  ['su', su],
  ['sudo', sudo],
  ['sync', sync],
  ['systemctl', lazy(() => import('./systemctl.ts').then(({ systemctl }) => systemctl))],
  ['tac', lazy(() => import('./text-tools.ts').then(({ tac }) => tac))],
  ['tail', tail],
  ['tar', tar],
  ['tee', tee],
  ['telnet', lazy(() => import('./odds.ts').then(({ telnet }) => telnet))],
  ['test', test],
  ['time', time],
  ['timeout', timeout],
  ['top', lazy(() => import('./top/top.ts').then(({ top }) => top))],
  ['touch', touch],
  ['tput', tput],
  ['tr', tr],
  ['traceroute', traceroute],
  ['tree', lazy(() => import('./file-kinds.ts').then(({ tree }) => tree))],
  ['true', trueProgram],
  ['truncate', truncate],
  ['tty', tty],
  ['umount', umount],
  ['uname', uname],
  ['unexpand', lazy(() => import('./odds.ts').then(({ unexpand }) => unexpand))],
  ['uniq', uniq],
  ['unlink', unlink],
  ['unshare', lazy(() => import('./namespaces.ts').then(({ unshare }) => unshare))],
  ['uptime', uptime],
  ['usleep', lazy(() => import('./odds.ts').then(({ usleep }) => usleep))],
  ['vi', lazy(() => import('./editors/vi/vi.ts').then(({ vi }) => vi))],
  ['vim', lazy(() => import('./editors/vi/vi.ts').then(({ vi }) => vi))],
  ['w', lazy(() => import('./odds.ts').then(({ w }) => w))],
  ['watch', lazy(() => import('./watch.ts').then(({ watch }) => watch))],
  ['wc', wc],
  ['wget', wget],
  ['which', which],
  ['who', lazy(() => import('./odds.ts').then(({ who }) => who))],
  ['whoami', whoami],
  ['xargs', xargs],
  ['xxd', lazy(() => import('./dump.ts').then(({ xxd }) => xxd))],
  ['yes', yes],
  ['yq', lazy(() => import('./yq.ts').then(({ yq }) => yq))],
  ['rpm', lazy(() => import('./packages/dpkg.ts').then(({ rpm }) => rpm))],
  ['yum', lazy(() => import('./packages/yum.ts').then(({ yum }) => yum))],
  ['useradd', lazy(() => import('./accounts.ts').then(({ useradd }) => useradd))],
  ['usermod', lazy(() => import('./accounts.ts').then(({ usermod }) => usermod))],
  ['userdel', lazy(() => import('./accounts.ts').then(({ userdel }) => userdel))],
  ['groupadd', lazy(() => import('./accounts.ts').then(({ groupadd }) => groupadd))],
  ['groupdel', lazy(() => import('./accounts.ts').then(({ groupdel }) => groupdel))],
  ['passwd', lazy(() => import('./accounts.ts').then(({ passwd }) => passwd))],
  ['chpasswd', lazy(() => import('./accounts.ts').then(({ chpasswd }) => chpasswd))],
  ['adduser', lazy(() => import('./accounts.ts').then(({ adduser }) => adduser))],
  ['addgroup', lazy(() => import('./accounts.ts').then(({ addgroup }) => addgroup))],
  ['deluser', lazy(() => import('./accounts.ts').then(({ deluser }) => deluser))],
  ['column', lazy(() => import('./column.ts').then(({ column }) => column))],
  ['envsubst', lazy(() => import('./envsubst.ts').then(({ envsubst }) => envsubst))],
  ['ssh-keygen', lazy(() => import('./ssh-keygen.ts').then(({ sshKeygen }) => sshKeygen))],
  ['ssh-copy-id', lazy(() => import('./ssh-keygen.ts').then(({ sshCopyId }) => sshCopyId))],
  ['sysctl', lazy(() => import('./system/kernel-tools.ts').then(({ sysctl }) => sysctl))],
  ['dmesg', lazy(() => import('./system/kernel-tools.ts').then(({ dmesg }) => dmesg))],
  ['lsmod', lazy(() => import('./system/kernel-tools.ts').then(({ lsmod }) => lsmod))],
  ['modprobe', lazy(() => import('./system/kernel-tools.ts').then(({ modprobe }) => modprobe))],
  ['rmmod', lazy(() => import('./system/kernel-tools.ts').then(({ rmmod }) => rmmod))],
  ['swapon', lazy(() => import('./system/kernel-tools.ts').then(({ swapon }) => swapon))],
  ['swapoff', lazy(() => import('./system/kernel-tools.ts').then(({ swapoff }) => swapoff))],
  ['lscpu', lazy(() => import('./system/hardware.ts').then(({ lscpu }) => lscpu))],
  ['lsblk', lazy(() => import('./system/hardware.ts').then(({ lsblk }) => lsblk))],
  ['findmnt', lazy(() => import('./system/hardware.ts').then(({ findmnt }) => findmnt))],
  ['vmstat', lazy(() => import('./system/hardware.ts').then(({ vmstat }) => vmstat))],
  ['pstree', lazy(() => import('./system/processes.ts').then(({ pstree }) => pstree))],
  ['chroot', lazy(() => import('./system/processes.ts').then(({ chroot }) => chroot))],
  ['setsid', lazy(() => import('./system/processes.ts').then(({ setsid }) => setsid))],
  ['taskset', lazy(() => import('./system/processes.ts').then(({ taskset }) => taskset))],
  ['flock', lazy(() => import('./system/processes.ts').then(({ flock }) => flock))],
  ['uuidgen', lazy(() => import('./system/processes.ts').then(({ uuidgen }) => uuidgen))],
  ['hostnamectl', lazy(() => import('./system/host.ts').then(({ hostnamectl }) => hostnamectl))],
  ['timedatectl', lazy(() => import('./system/host.ts').then(({ timedatectl }) => timedatectl))],
  ['last', lazy(() => import('./system/host.ts').then(({ last }) => last))],
  ['logger', lazy(() => import('./system/host.ts').then(({ logger }) => logger))],
  ['crontab', lazy(() => import('./system/host.ts').then(({ crontab }) => crontab))],
  ['man', lazy(() => import('./system/host.ts').then(({ man }) => man))],
  ['zcat', zcat],
])
