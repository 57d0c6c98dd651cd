// Puts the core in order after an exception has left it in the middle of an evaluation: what was being computed is not computed, and what
// was kept for it is let go. Every step may be repeated, in case another exception leaves this one.
import { abandonJob } from "../threads/pool";
import { abandonCall } from "./compiled";
import { abandonEvaluation } from "./evaluate";
import { clearWork } from "./planning/lists";
import { leavePhase } from "./profile";
import { Phase } from "../abi/phases";
import { UnderWay, setUnderWay, underWay } from "./under-way";

export function repair(): void {
  abandonJob();
  leavePhase(Phase.Host);
  clearWork();
  if (underWay == UnderWay.Call) abandonCall();
  else abandonEvaluation();
  setUnderWay(UnderWay.Nothing);
}
