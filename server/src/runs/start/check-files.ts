import { FileRef, HeddleError, type LabelledValue, type PlanInterface } from '@heddle/core';

/**
 * Checks that the files of inputs exist, and that they are images where the workflow needs images. Errors: `file_not_found`, `input_type`;
 * `details.input` names the input.
 */
export async function checkFiles(
  given: Readonly<Record<string, LabelledValue>>,
  planInterface: PlanInterface,
  hasFile: (id: string) => Promise<boolean>,
): Promise<void> {
  for (const [input, { type }] of Object.entries(planInterface.inputs)) {
    if (!/^(?:File|Image)(?:\[\])?$/.test(type)) continue;
    const value: unknown = given[input]?.value;
    for (const entry of Array.isArray(value) ? value : [value]) {
      const { data: file } = FileRef.safeParse(entry);
      if (file === undefined) continue;
      if (!(await hasFile(file.id)))
        throw new HeddleError(
          'file_not_found',
          `The file of input '${input}' is not here: upload it with POST /api/files first.`,
          { details: { input, id: file.id } },
        );
      if (type.startsWith('Image') && !/^image\//i.test(file.mediaType))
        throw new HeddleError(
          'input_type',
          `The input '${input}' takes an image, but the content of '${file.name}' is ${file.mediaType}: send an image such as PNG or JPEG.`,
          { details: { input, type } },
        );
    }
  }
}
