import java.io.BufferedOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.util.Collections;
import org.eclipse.mat.parser.internal.SnapshotFactory;
import org.eclipse.mat.snapshot.ISnapshot;
import org.eclipse.mat.util.VoidProgressListener;

/** Tells what Eclipse MAT's parser and dominator tree see in an HPROF file: a line of words between tabs for each object. */
public class MatFigures {
  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(new BufferedOutputStream(System.out), false, "UTF-8");
    ISnapshot snapshot =
        new SnapshotFactory().openSnapshot(new File(args[0]), Collections.emptyMap(), new VoidProgressListener());
    for (int i = 0; i < snapshot.getSnapshotInfo().getNumberOfObjects(); i++) {
      out.println((snapshot.mapIdToAddress(i) & 0xffffffffL) + "\t" + snapshot.getHeapSize(i) + "\t"
          + snapshot.getRetainedHeapSize(i) + "\t" + snapshot.getClassOf(i).getName());
    }
    out.flush();
  }
}
