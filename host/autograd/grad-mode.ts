// Whether ops record what derivatives need.
import { GradMode } from "../../assembly/abi/numbers";
import { core } from "../core/memory";
import { refuseForeign } from "../errors";
import { checkFunction } from "../options";
import { checkSynchronous } from "../tensor/async";

function withGradMode<T>(name: string, enabled: boolean, fn: () => T): T {
  checkFunction(name, fn, "fn");
  const before = core.setGradEnabled(enabled ? GradMode.On : GradMode.Off);
  try {
    const result = fn();
    checkSynchronous(name, result, "fn");
    // Whether another copy records is its own affair.
    refuseForeign(name, result, "what fn returned");
    return result;
  } finally {
    core.setGradEnabled(before);
  }
}

/**
 * Runs fn without recording derivatives: results don't require grad.
 * @see https://pytorch.org/docs/stable/generated/torch.no_grad.html
 */
export const noGrad = <T>(fn: () => T): T => withGradMode("noGrad", false, fn);
/**
 * Runs fn with derivatives recorded, also within noGrad.
 * @see https://pytorch.org/docs/stable/generated/torch.enable_grad.html
 */
export const enableGrad = <T>(fn: () => T): T => withGradMode("enableGrad", true, fn);
/** Whether derivatives are being recorded. */
export const isGradEnabled = (): boolean => core.isGradEnabled() !== 0;
