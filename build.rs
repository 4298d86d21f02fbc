//! Rebuilds when a template or preset is added, which `include_dir` alone does not notice.

fn main() {
    println!("cargo:rerun-if-changed=templates");
    println!("cargo:rerun-if-changed=presets");
}
