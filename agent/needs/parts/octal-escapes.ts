/** As the kernel writes a path in mountinfo (seq_path() of a space, a tab, a line break and a backslash), and fstab(5) reads one. */
export function escapeOctal(path: string): string {
  return path.replace(/[ \t\n\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
}

export function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)))
}
