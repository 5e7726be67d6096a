import { z } from 'zod';
import { DescribedBody } from './described-body.js';

/** Declares that the body contains the inputs of a workflow; the workflow decides which these are. */
export const InputsBody = (): MethodDecorator => {
  const inputs = z.record(z.string(), z.unknown());
  return DescribedBody({
    description: 'A member for each input of the workflow; files also as parts.',
    content: { 'application/json': inputs, 'multipart/form-data': inputs },
    isRequired: false,
  });
};
