import { execa } from 'execa'

/**
 * Signs an executable for macOS in place, ad hoc: by no identity, so without a key, which is what a Mac asks of all code for arm64.
 * rcodesign is of the crate apple-codesign.
 */
export async function signAdHoc(file: string, identifier: string): Promise<void> {
  await execa('rcodesign', ['sign', '--binary-identifier', identifier, file])
}
