/**
 * The programs that people type first, in one piece: it is fetched when the first prompt is there, so that reading it does not keep the prompt
 * waiting.
 */
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

export const everyday = {
  '[': bracket,
  arch,
  base64,
  basename,
  busybox,
  'busybox-1.28': busyboxOld,
  cat,
  chgrp,
  chmod,
  chown,
  clear,
  cmp,
  cp,
  curl,
  cut,
  date,
  dd,
  df,
  dirname,
  du,
  echo,
  egrep,
  env,
  expr,
  false: falseProgram,
  fgrep,
  find: findProgram,
  free,
  getent,
  grep,
  groups,
  gunzip,
  gzip,
  head,
  hostname,
  id,
  install,
  kill,
  killall,
  ln,
  ls,
  md5sum,
  mkdir,
  mkfifo,
  mktemp,
  mount,
  mv,
  nc,
  nice,
  nohup,
  nproc,
  pgrep,
  pidof,
  ping,
  pkill,
  printenv,
  printf,
  ps,
  pwd,
  readlink,
  realpath,
  reset,
  rm,
  rmdir,
  seq,
  sha1sum,
  sha256sum,
  sha512sum,
  sleep,
  sort,
  stat,
  stty,
  su,
  sudo,
  sync,
  tail,
  tar,
  tee,
  test,
  time,
  timeout,
  touch,
  tput,
  tr,
  traceroute,
  true: trueProgram,
  truncate,
  tty,
  umount,
  uname,
  uniq,
  unlink,
  uptime,
  wc,
  wget,
  which,
  whoami,
  xargs,
  yes,
  zcat,
} satisfies Readonly<Record<string, Program>>
