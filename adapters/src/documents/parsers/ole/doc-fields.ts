/** Filters out the instructions of fields, and the results of fields that count pages. */
export function createFieldFilter(): {
  /** Returns whether a character is not part of the text. */
  take(character: string): boolean;
} {
  const open: { instruction: string; isResult: boolean }[] = [];
  return {
    take: (character) => {
      const field = open.at(-1);
      if (character === '\u0013') open.push({ instruction: '', isResult: false });
      else if (character === '\u0014') {
        if (field !== undefined) field.isResult = true;
      } else if (character === '\u0015') open.pop();
      else if (field !== undefined && !field.isResult)
        field.instruction += field.instruction.length < 200 ? character : '';
      else
        return open.some(
          ({ instruction, isResult }) => !isResult || /^\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b/i.test(instruction),
        );
      return true;
    },
  };
}
