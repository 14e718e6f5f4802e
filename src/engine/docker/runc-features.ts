/** What `runc features` answers, which the engine passes on as one text. */
const words = (prefix: string, text: string): string[] => text.split(' ').map((word) => prefix + word)

const knownFlags = words('SECCOMP_FILTER_FLAG_', 'TSYNC SPEC_ALLOW LOG')

export const runcFeatures = JSON.stringify({
  ociVersionMin: '1.0.0',
  ociVersionMax: '1.2.1',
  hooks: words('', 'prestart createRuntime createContainer startContainer poststart poststop'),
  mountOptions: words(
    '',
    'async atime bind defaults dev diratime dirsync exec iversion lazytime loud mand noatime nodev nodiratime noexec noiversion nolazytime nomand norelatime nostrictatime nosuid nosymfollow private ratime rbind rdev rdiratime relatime remount rexec rnoatime rnodev rnodiratime rnoexec rnorelatime rnostrictatime rnosuid rnosymfollow ro rprivate rrelatime rro rrw rshared rslave rstrictatime rsuid rsymfollow runbindable rw shared silent slave strictatime suid symfollow sync tmpcopyup unbindable',
  ),
  linux: {
    namespaces: words('', 'cgroup ipc mount network pid time user uts'),
    capabilities: words(
      'CAP_',
      'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE',
    ),
    cgroup: { v1: true, v2: true, systemd: true, systemdUser: true, rdma: true },
    seccomp: {
      enabled: true,
      actions: words('SCMP_ACT_', 'ALLOW ERRNO KILL KILL_PROCESS KILL_THREAD LOG NOTIFY TRACE TRAP'),
      operators: words('SCMP_CMP_', 'EQ GE GT LE LT MASKED_EQ NE'),
      archs: words(
        'SCMP_ARCH_',
        'AARCH64 ARM LOONGARCH64 MIPS MIPS64 MIPS64N32 MIPSEL MIPSEL64 MIPSEL64N32 PPC PPC64 PPC64LE RISCV64 S390 S390X X32 X86 X86_64',
      ),
      knownFlags,
      supportedFlags: knownFlags,
    },
    apparmor: { enabled: true },
    selinux: { enabled: true },
    intelRdt: { enabled: true },
    mountExtensions: { idmap: { enabled: true } },
  },
  annotations: {
    'io.github.seccomp.libseccomp.version': '2.6.0',
    'org.opencontainers.runc.checkpoint.enabled': 'true',
    'org.opencontainers.runc.commit': '1.3.6+ds1-1',
    'org.opencontainers.runc.version': '1.3.6+ds1',
  },
  potentiallyUnsafeConfigAnnotations: words('', 'bundle org.systemd.property. org.criu.config'),
})
