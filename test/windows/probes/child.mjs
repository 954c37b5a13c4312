// SPDX-License-Identifier: MIT
// Takes one step and prints the outcome: child.mjs <step> <arguments as JSON, in base64url>
import { getBinding } from '../../../dist/windows/binding.js';
import { fromJson, toJson } from '../../wine/json.mjs';
import { steps } from './steps.mjs';

const [step, args] = process.argv.slice(2);
console.log(toJson(await steps[step](getBinding(), fromJson(Buffer.from(args, 'base64url').toString()))));
