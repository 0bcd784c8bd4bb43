import { saying } from '../targets/answers.ts'
import type { ByName } from './by-name.ts'

export const foundAnswers: ByName = answers()

function answers(): ByName {
  const said = (path: string, text: string) => () => saying(['nfs-client', 'one-of-each'], path, text)
  const mounts = '22 1 0:22 / / rw - ext4 x rw\n30 22 0:30 / /sys/fs/bpf rw - bpf none rw,mode=\u001b[31m\n'
  return {
    'a pattern that modprobe ignores': {
      did: 'SyntaxError',
      input: said('/etc/modprobe.d', 'alias usb[9-0]* off\n'),
    },
    'half a character in a pattern of modprobe': {
      did: 'SyntaxError',
      input: said('/etc/modprobe.d', 'alias n[\ud800-0]* off\n'),
    },
    'a pattern of many stars': {
      did: 'it did not end',
      input: said('/etc/modprobe.d', `alias ${'*'.repeat(40)}z x\n`),
    },
    'security modules with an accent in each': {
      did: 'seven seconds in the table',
      input: said('/sys/kernel/security/lsm', 'landlock,\u00e9,'.repeat(6_000)),
    },
    'a mount with an escape sequence': {
      did: 'the evidence had it',
      input: said('/proc/1/mountinfo', mounts),
    },
    'a backspace in the distribution': {
      did: 'the report had it',
      input: said('/etc/os-release', 'ID=a\bb\n'),
    },
    'a long distribution': {
      did: 'the server refused the round',
      input: said('/etc/os-release', `ID=${'a'.repeat(20_001)}\n`),
    },
    'an Arabic letter mark in the host name': {
      did: 'the report had it',
      input: said('/etc/hostname', 'a\u061cb\n'),
    },
    'os-release of spaces': {
      did: 'a second',
      input: said('/etc/os-release', `ID=${' '.repeat(32_768)}x\n`),
    },
  }
}
