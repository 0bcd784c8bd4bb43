/** metav1.Time has whole seconds. */
export function apiTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z')
}
