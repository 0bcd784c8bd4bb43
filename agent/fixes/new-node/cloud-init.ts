import { Document, Scalar } from 'yaml'
import { scriptPath } from './place.ts'

/**
 * User data for cloud-init: a script that runs once, at the first boot. Where it is one part of several, its lists are added to
 * theirs, and would else be dropped. https://cloudinit.readthedocs.io/en/latest/reference/merging.html
 */
export function cloudInit(script: string, version: string): string {
  const content = new Scalar(script)
  content.type = Scalar.BLOCK_LITERAL
  const document = new Document({
    merge_how: 'list(append)+dict(recurse_array)+str()',
    write_files: [{ path: scriptPath, owner: 'root:root', permissions: '0700', content: null }],
    runcmd: [['/bin/sh', scriptPath]],
  })
  document.setIn(['write_files', 0, 'content'], content)
  return `#cloud-config\n# What new nodes lack, by hostdeps ${version}.\n${document.toString({ lineWidth: 0 })}`
}
