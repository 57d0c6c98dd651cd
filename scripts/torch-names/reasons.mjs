// Why names of torch (names.json) are none of this library. `in` is the namespace, all of them if it isn't said; `names` lists names or is a
// pattern, and the first entry that has a name counts; `at` is where the same is found here, `*` standing for the name in camelCase.
// scripts/torch-names/check.mjs refuses what is built or lacks a reason.

/** What the categories mean. */
export const categories = {
  elsewhere: "It is there in another form.",
  "in-place": "Tensors don't change; the function without the underscore gives a new one.",
  random: "What it computes is random, and no function of its arguments.",
  sparse: "There are dense tensors alone.",
  quantised: "There are no quantised dtypes.",
  "complex dtype": "It is about the state of a complex dtype, and complex numbers are pairs of tensors ([complex.md](complex.md)).",
  layout: "It is about strides and storage, which tensors don't show.",
  runtime: "It is about torch's own runtime: devices, threads, files, printing, tracing, autocast.",
  internal: "A kernel or helper behind functions that are here; torch doesn't document it.",
  removed: "PyTorch 2 keeps no more than the name, and says what took its place.",
  "not yet": "It could be here.",
}; // prettier-ignore

export const reasons = [
  // Lists of tensors, each by one call.
  { category: "elsewhere", why: "over lists of tensors: `tensors.map(pf.abs)`", in: "torch", names: /^_foreach_.*[^_]$/ },
  { category: "in-place", names: /_$/ },

  { category: "elsewhere", at: "nn.functional.*", why: "in `pf.nn.functional`", in: "torch", names: `
    adaptive_avg_pool1d adaptive_max_pool1d alpha_dropout avg_pool1d batch_norm bilinear binary_cross_entropy_with_logits channel_shuffle conv1d
    conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d cosine_embedding_loss dropout embedding feature_alpha_dropout group_norm
    hinge_embedding_loss instance_norm kl_div layer_norm margin_ranking_loss max_pool1d max_pool2d max_pool3d pairwise_distance pdist
    pixel_shuffle pixel_unshuffle poisson_nll_loss rrelu threshold triplet_margin_loss ctc_loss embedding_bag` },
  { category: "elsewhere", at: "linalg.luFactor", in: "torch", names: "lu" },
  { category: "elsewhere", at: "linalg.*", in: "torch", names: "lu_solve" },
  { category: "elsewhere", at: "linalg.norm", in: "torch", names: "frobenius_norm native_norm nuclear_norm norm_except_dim" },
  { category: "elsewhere", at: "func.vmap", in: "torch", names: "vmap" },
  { category: "elsewhere", at: "noGrad", in: "torch", names: "inference_mode set_grad_enabled is_inference_mode_enabled is_inference" },
  { category: "elsewhere", at: "tensor", in: "torch", names: "asarray from_numpy frombuffer scalar_tensor" },
  { category: "elsewhere", at: "Tensor.numel", in: "torch", names: "numel" },
  { category: "elsewhere", at: "Tensor.dtype", in: "torch", names: "is_floating_point is_signed" },
  { category: "elsewhere", at: "Tensor.shape", in: "torch", names: "is_same_size" },
  { category: "elsewhere", at: "Tensor.item", in: "torch", names: "is_nonzero" },
  { category: "elsewhere", at: "manualSeed", in: "torch", names: "seed" },
  { category: "elsewhere", at: "where", why: "`pf.where` chooses values, which `pf.compile` keeps; `if` outside of it chooses a branch", in: "torch", names: "cond" },
  { category: "elsewhere", at: "arange", why: "deprecated in torch too: `pf.arange`, whose end doesn't belong to it", in: "torch", names: "range" },
  { category: "elsewhere", at: "broadcastTensors", why: "the shape of what `pf.broadcastTensors` gives", in: "torch", names: "broadcast_shapes" },
  { category: "elsewhere", at: "split", in: "torch", names: "unsafe_split unsafe_split_with_sizes" },
  { category: "elsewhere", at: "chunk", in: "torch", names: "unsafe_chunk" },
  { category: "elsewhere", at: "nn.functional.gridSample", in: "torch", names: "grid_sampler grid_sampler_2d grid_sampler_3d" },
  { category: "elsewhere", at: "nn.functional.affineGrid", in: "torch", names: "affine_grid_generator" },
  { category: "elsewhere", at: "nn.functional.conv2d", in: "torch", names: "convolution" },
  { category: "elsewhere", why: "with `{ returnIndices: true }`", at: "nn.functional.maxPool2d", names: /^(adaptive_)?max_pool[123]d_with_indices$/ },
  { category: "elsewhere", why: "a view is never written to, so that it is a copy", names: /_copy$/, except: "as_strided_copy narrow_copy ccol_indices_copy col_indices_copy crow_indices_copy row_indices_copy indices_copy values_copy" },

  { category: "random", in: "torch", names: "poisson binomial pca_lowrank svd_lowrank" },
  { category: "random", in: "torch.nn.functional", names: "fractional_max_pool2d fractional_max_pool3d fractional_max_pool2d_with_indices fractional_max_pool3d_with_indices" },

  { category: "sparse", in: "torch", names: `
    sparse_coo_tensor sparse_csr_tensor sparse_csc_tensor sparse_bsr_tensor sparse_bsc_tensor sparse_compressed_tensor ccol_indices_copy
    col_indices_copy crow_indices_copy row_indices_copy indices_copy values_copy dsmm hsmm hspmm saddmm smm spmm sspaddmm` },

  { category: "quantised", names: /quant|^q_|^int_repr$|^fbgemm_|^choose_qparams/ },
  { category: "quantised", why: "matrices of 8 bits and fewer with scales", in: "torch.nn.functional", names: "scaled_mm scaled_grouped_mm" },

  { category: "complex dtype", in: "torch", names: "conj_physical resolve_conj resolve_neg is_conj is_neg" },

  { category: "layout", in: "torch", names: "as_strided as_strided_copy as_strided_scatter empty_strided is_storage" },

  { category: "runtime", in: "torch", names: /autocast|deterministic|threads$|anomaly|vital|^sym_|warn_always|device/ },
  { category: "runtime", why: "names of dims are an experiment that torch gave up", in: "torch", names: "align_tensors" },
  { category: "runtime", in: "torch", names: `
    _assert compiled_with_cxx11_abi from_dlpack to_dlpack from_file get_float32_matmul_precision is_distributed is_vulkan_available load save
    set_default_tensor_type set_float32_matmul_precision set_flush_denormal set_printoptions` },
  { category: "runtime", why: "dtypes are joined within ops, and the types of TypeScript tell of which dtype a result is", in: "torch", names: "can_cast promote_types result_type" },

  { category: "internal", names: /^(cudnn|miopen|mkldnn|native)_|^batch_norm_./ },
  { category: "internal", why: "behind `torch.nn.RNN`, `LSTM`, `GRU`; the cells are here", in: "torch", names: "gru lstm rnn_relu rnn_tanh" },
  { category: "internal", why: "as `dropout1d` to `dropout3d`", in: "torch", names: "feature_dropout" },
  { category: "internal", why: "a convolution whose layout is [time, batch, channel]", names: "conv_tbc" },
  { category: "internal", why: "a prototype of `scatterReduce`", in: "torch", names: "segment_reduce" },

  { category: "removed", why: "`pf.linalg.eig`", in: "torch", names: "eig" },
  { category: "removed", why: "`pf.linalg.eigh`", in: "torch", names: "symeig" },
  { category: "removed", why: "`pf.linalg.lstsq`", in: "torch", names: "lstsq" },
  { category: "removed", why: "`pf.linalg.matrixRank`", in: "torch", names: "matrix_rank" },
  { category: "removed", why: "`pf.linalg.solve`", in: "torch", names: "solve" },

  { category: "not yet", why: "new in torch in 2026; neither a page nor a source that says what it does has been found", in: "torch.nn.functional", names: "gated_delta_rule" },
]; // prettier-ignore
