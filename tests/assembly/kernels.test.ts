// The kernels against plain JavaScript, over random strided layouts of every dtype.
import "./kernels/copy";
import "./kernels/fill";
import "./kernels/gather";
import "./kernels/reduce";
import "./kernels/gemm";
import "./kernels/convolution";
import "./kernels/sort";
import "./kernels/scan";
