import { z } from 'zod';

export const BucketConfig = z.strictObject({
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: 'The name of a bucket' })
    .meta({ title: 'Bucket', description: 'The name of the bucket.' }),
  prefix: z.string().max(1_000).default('').meta({
    title: 'Folder',
    description: 'The prefix of the keys, such as handbook/; without it, the whole bucket.',
  }),
  endpoint: z
    .url({ protocol: /^https?$/, error: 'An address such as https://s3.example.com' })
    .max(1_000)
    .refine((text) => /^\/?$/.test(new URL(text).pathname) && !/[@?#]/.test(text), {
      error: 'An address without a path',
    })
    .optional()
    .meta({ title: 'Server', description: "The address of a server other than Amazon's." }),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, { error: 'A region such as eu-central-1' })
    .default('us-east-1')
    .meta({ title: 'Region', description: 'The region of the bucket, such as eu-central-1.' }),
  accessKey: z
    .string()
    .regex(/^[\w.@:/+=-]{1,200}$/, { error: 'The id of an access key' })
    .optional()
    .meta({ title: 'Access key', description: 'The id of the access key; the secret is its secret access key.' }),
  suffixes: z
    .array(z.string().regex(/^\.?[A-Za-z0-9]{1,16}$/, { error: 'A suffix such as pdf' }))
    .max(100)
    .default([])
    .meta({ title: 'File types', description: 'Suffixes such as pdf or md; without any, all objects are read.' }),
});
export type BucketConfig = z.infer<typeof BucketConfig>;

/** The endpoint of the bucket. */
export const endpointOf = ({ endpoint, region }: BucketConfig): URL =>
  new URL(endpoint ?? `https://s3.${region}.amazonaws.com`);
